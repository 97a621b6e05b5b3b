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
    // Thrice whole groups of base64url, so that the parts of the text are the text of the parts.
    private const int UserBytes = 9;
    private const int RandomBytes = 18;
    private const int SecretBytes = 18;
    private const int UserLength = UserBytes / 3 * 4;
    private const int IdLength = (UserBytes + RandomBytes) / 3 * 4;
    private const int Length = (UserBytes + RandomBytes + SecretBytes) / 3 * 4;

    /// <summary>Set in the first byte for a session of nobody in particular, clear for a user's.</summary>
    private const byte OfNobody = 0x80;

    private SessionToken(string text, byte[] secret) => (Id, Text, Secret) = (text[..IdLength], text, secret);

    /// <summary>The session's public id.</summary>
    public string Id { get; }

    /// <summary>The secret, compared by the session only.</summary>
    public byte[] Secret { get; }

    /// <summary>All of it, for the client alone.</summary>
    public string Text { get; }

    /// <param name="user">Whose the session is; null for nobody in particular.</param>
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

    /// <summary>The token of a session that is known by its id.</summary>
    public static SessionToken Create(string id, byte[] secret) => new(id + Base64Url.EncodeToString(secret), secret);

    public static bool TryParse(string text, [NotNullWhen(true)] out SessionToken? token)
    {
        var bytes = new byte[UserBytes + RandomBytes + SecretBytes];
        var isOne = text.Length == Length && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == bytes.Length;
        token = isOne ? new SessionToken(text, bytes[(UserBytes + RandomBytes)..]) : null;
        return isOne;
    }

    /// <summary>The part of an id that all sessions of a user share; of nobody's sessions, each has its own.</summary>
    public static string UserPartOf(string id) => id.Length > UserLength ? id[..UserLength] : id;

    /// <summary>The same for a user's sessions, whatever their ids.</summary>
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

    /// <summary>Whether such a session may be this user's; null is nobody in particular.</summary>
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

    /// <summary>In constant time: how far a guess is right takes no longer to tell than that it is wrong.</summary>
    public static bool IsSame(byte[] secret, byte[] given) => CryptographicOperations.FixedTimeEquals(secret, given);

    /// <summary>The secret reaches no log.</summary>
    public override string ToString() => Id;

    private static void HashOf(string user, Span<byte> hash)
    {
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(user), whole);
        whole[..hash.Length].CopyTo(hash);
        hash[0] &= unchecked((byte)~OfNobody);
    }
}
