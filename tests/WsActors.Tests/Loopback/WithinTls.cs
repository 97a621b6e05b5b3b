using System.Net.Security;

namespace WsActors.Tests.Loopback;

/// <summary>
/// Whether servers and clients of a test speak TLS, whatever it does: so a test of the plain source is one of TLS as well, and not written twice.
/// </summary>
internal static class WithinTls
{
    private static readonly AsyncLocal<TestAuthority?> Current = new();

    public static bool IsOn => Authority is not null;

    /// <summary>Who signed the server's certificate; null while they do not.</summary>
    public static TestAuthority? Authority => Current.Value;

    /// <summary>What a server needs, as configuration.</summary>
    public static string Config => Authority is { } authority
        ? $"ws-actors {{ transport = sockets, tls.certificate = \"{authority.In("server.pem")}\" }}"
        : "";

    public static async Task Run(Func<Task> test)
    {
        using var authority = new TestAuthority();
        authority.ServerPem("server.pem", "localhost", "127.0.0.1");
        Current.Value = authority;
        await test();
    }

    /// <summary>What the client says and hears: as the socket has it, or within TLS.</summary>
    public static async Task<Stream> Of(Stream socket)
    {
        if (Authority is not { } authority)
        {
            return socket;
        }

        var tls = new SslStream(socket);
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        await tls.AuthenticateAsClientAsync(authority.ClientOptions(), deadline.Token);
        return tls;
    }
}
