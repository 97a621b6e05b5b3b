using System.Net.Security;

namespace WsActors.Tests.Loopback;

/// <summary>
/// Whether servers and clients of a test speak TLS: so a test of the plain source is also one of TLS, and is not written twice.
/// </summary>
internal static class WithinTls
{
    private static readonly AsyncLocal<TestAuthority?> Current = new();

    public static bool IsOn => Authority is not null;

    /// <summary>The authority of the server's certificate; null without TLS.</summary>
    public static TestAuthority? Authority => Current.Value;

    /// <summary>The server's TLS configuration.</summary>
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

    /// <summary>The client's stream: the socket's, or TLS over it.</summary>
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
