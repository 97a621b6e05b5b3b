using System.Security.Cryptography;
using System.Text;
using Akka.Configuration;

namespace WsActors.Hosting.Admin;

/// <summary>The token of an admin page, as its hash. Immutable; any thread.</summary>
internal sealed class AdminToken
{
    public const int MinBytes = 16;

    public const int MaxBytes = 512;

    private readonly byte[] _hash;

    private AdminToken(string text) => _hash = HashOf(text);

    /// <summary>The token of the options; null without one.</summary>
    /// <exception cref="ConfigurationException">The token is not usable. The sentence does not quote it.</exception>
    public static AdminToken? FromOptions(WebSocketAdminOptions options) => (options.Token, options.TokenFile) switch
    {
        (null, null) => null,
        ({ } token, null) => Checked(token, "The token of the admin page"),
        (null, { } file) => Checked(Read(file).Trim(), $"The token of the admin page in {file}"),
        _ => throw new ConfigurationException("The admin page has two tokens, a text and a file: keep one of them."),
    };

    /// <summary>Whether a text is the token. The time does not depend on how much of it is right.</summary>
    public bool Is(string text) => CryptographicOperations.FixedTimeEquals(HashOf(text), _hash);

    private static AdminToken Checked(string token, string name) =>
        Encoding.UTF8.GetByteCount(token) is >= MinBytes and <= MaxBytes && !token.Any(char.IsControl)
            ? new AdminToken(token)
            : throw new ConfigurationException(
                $"{name} is not usable: it has {MinBytes} to {MaxBytes} bytes and no control characters, such as the output of"
                + " openssl rand -hex 32.");

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The file of the admin page's token cannot be read: {e.Message}", e);
        }
    }

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
