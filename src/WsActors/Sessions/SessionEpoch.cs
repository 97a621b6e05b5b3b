using System.Buffers.Text;
using System.Security.Cryptography;

namespace WsActors.Sessions;

/// <summary>Names the numberings of sessions: none is ever used twice.</summary>
internal static class SessionEpoch
{
    private const int Bytes = 9;

    public static string New()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
