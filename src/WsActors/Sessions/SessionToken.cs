using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace WsActors.Sessions;

/// <summary>
/// The token with which a client resumes its session: id and secret. The id starts with a hash of the user, so that all sessions of a user
/// are on one node, and no user resumes another's. Id and secret have 144 random bits each; only the id is ever shown. Immutable.
/// </summary>
internal sealed class SessionToken
{
    // Multiples of 3 bytes, whole groups of base64url: each part of the bytes is a part of the text.
    private const int UserBytes = 9;
    private const int RandomBytes = 18;
    private const int SecretBytes = 18;
    private const int UserLength = UserBytes / 3 * 4;
    private const int IdLength = (UserBytes + RandomBytes) / 3 * 4;
    private const int Length = (UserBytes + RandomBytes + SecretBytes) / 3 * 4;

    /// <summary>The bit of the first byte that is set for an anonymous session, and clear for a user's.</summary>
    private const byte OfNobody = 0x80;

    private SessionToken(string text, byte[] secret) => (Id, Text, Secret) = (text[..IdLength], text, secret);

    /// <summary>The session's public id.</summary>
    public string Id { get; }

    /// <summary>The secret, compared by the session only.</summary>
    public byte[] Secret { get; }

    /// <summary>The whole token, for the client only.</summary>
    public string Text { get; }

    /// <param name="user">The session's user; null for an anonymous session.</param>
    public static SessionToken New(string? user)
    {
        Span<byte> bytes = stackalloc byte[UserBytes + RandomBytes + SecretBytes];
        RandomNumberGenerator.Fill(bytes);
        if (user is null)
        {
            bytes[0] |= OfNobody;
        }
        else
        {
            HashOf(user, bytes[..UserBytes]);
        }

        return new SessionToken(Base64Url.EncodeToString(bytes), bytes[(UserBytes + RandomBytes)..].ToArray());
    }

    /// <summary>Creates the token of an existing session.</summary>
    public static SessionToken Create(string id, byte[] secret) => new(id + Base64Url.EncodeToString(secret), secret);

    public static bool TryParse(string text, [NotNullWhen(true)] out SessionToken? token)
    {
        var bytes = new byte[UserBytes + RandomBytes + SecretBytes];
        var isOne = text.Length == Length && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == bytes.Length;
        token = isOne ? new SessionToken(text, bytes[(UserBytes + RandomBytes)..]) : null;
        return isOne;
    }

    /// <summary>The part of an id that all sessions of a user share. Each anonymous session has its own.</summary>
    public static string UserPartOf(string id) => id.Length > UserLength ? id[..UserLength] : id;

    /// <summary>The part of an id that all sessions of a user share, by the user's name.</summary>
    public static string UserPartFor(string user)
    {
        Span<byte> hash = stackalloc byte[UserBytes];
        HashOf(user, hash);
        return Base64Url.EncodeToString(hash);
    }

    /// <summary>Whether an id is of an anonymous session; true for an invalid id.</summary>
    public static bool IsAnonymous(string id)
    {
        Span<byte> own = stackalloc byte[UserBytes];
        return id.Length < UserLength || !Base64Url.TryDecodeFromChars(id.AsSpan(0, UserLength), own, out _) || (own[0] & OfNobody) != 0;
    }

    /// <summary>Whether the session may belong to a user; null for an anonymous client.</summary>
    public bool MayBelongTo(string? user)
    {
        Span<byte> own = stackalloc byte[UserBytes];
        Base64Url.DecodeFromChars(Id.AsSpan(0, UserLength), own, out _, out _);
        if (user is null)
        {
            return (own[0] & OfNobody) != 0;
        }

        Span<byte> given = stackalloc byte[UserBytes];
        HashOf(user, given);
        return own.SequenceEqual(given);
    }

    /// <summary>Compares in constant time: the duration does not depend on the number of bytes that match.</summary>
    public static bool IsSame(byte[] secret, byte[] given) => CryptographicOperations.FixedTimeEquals(secret, given);

    /// <summary>The id alone: the secret must not reach a log.</summary>
    public override string ToString() => Id;

    private static void HashOf(string user, Span<byte> hash)
    {
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(user), whole);
        whole[..hash.Length].CopyTo(hash);
        hash[0] &= unchecked((byte)~OfNobody);
    }
}
