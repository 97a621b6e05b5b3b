using Akka.Actor;
using Akka.Configuration;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>Clients of .NET with a session each, at the echo.</summary>
internal sealed class ListeningClients : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ActorSystem _system = ActorSystem.Create("clients", ConfigurationFactory.ParseString("""
        akka { loggers = [], stdout-loglevel = OFF, log-dead-letters = off }
        """));

    private readonly List<IActorRef> _listeners = [];

    private ListeningClients()
    {
    }

    /// <param name="server">The echo server.</param>
    /// <param name="count">The number of clients.</param>
    public static async Task<ListeningClients> ConnectAsync(Uri server, int count)
    {
        var clients = new ListeningClients();
        for (var i = 0; i < count; i++)
        {
            clients._listeners.Add(clients._system.ActorOf(Props.Create<SessionListener>()));
        }

        await Task.WhenAll(clients._listeners.Select(listener => clients._system.WebSockets().ConnectAsync(
            new Ws.Connect($"ws://{server.Authority}/echo", listener)
            {
                Configure = static options => options with { Session = options.Session with { Enabled = true } },
            }))).WaitAsync(Patience);
        return clients;
    }

    /// <summary>The messages of each client.</summary>
    public Task<SessionListener.Figures[]> AskAsync() =>
        Task.WhenAll(_listeners.Select(static listener => listener.Ask<SessionListener.Figures>(SessionListener.Ask.Instance, Patience)));

    public async ValueTask DisposeAsync() => await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance);
}
