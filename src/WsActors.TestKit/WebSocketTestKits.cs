using System.Collections.Immutable;
using Akka.Actor;

namespace WsActors.TestKit;

/// <summary>The test kits of an actor system, for probes that are created before a kit. One for each actor system; any thread.</summary>
internal sealed class WebSocketTestKits : IExtension
{
    private ImmutableList<WebSocketTestKit> _kits = [];

    public static WebSocketTestKits Of(ActorSystem system) => Provider.Instance.Apply(system);

    public void Add(WebSocketTestKit kit) => ImmutableInterlocked.Update(ref _kits, static (kits, added) => kits.Add(added), kit);

    /// <summary>Waits until no actor of the kits' connections has work.</summary>
    public void AwaitIdle() => _kits.ForEach(static kit => kit.AwaitIdle());

    /// <summary>Resets the sockets of the kits, and waits until their connections have stopped.</summary>
    public void Disconnect() => _kits.ForEach(static kit => kit.Disconnect());

    private sealed class Provider : ExtensionIdProvider<WebSocketTestKits>
    {
        public static Provider Instance { get; } = new();

        public override WebSocketTestKits CreateExtension(ExtendedActorSystem system) => new();
    }
}
