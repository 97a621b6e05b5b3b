using System.Buffers.Text;
using System.Security.Cryptography;

namespace WsActors.Sessions;

/// <summary>Creates the names of numberings: no name is ever used twice.</summary>
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
