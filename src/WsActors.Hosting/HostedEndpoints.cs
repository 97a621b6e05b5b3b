using System.Collections.Immutable;
using System.Net;
using Akka.Actor;

namespace WsActors.Hosting;

/// <summary>The endpoints of <c>WithWebSockets</c> and the outcome of each bind. One for each system; any thread.</summary>
internal sealed class HostedEndpoints : IExtension
{
    private ImmutableList<IReadOnlyList<EndPoint>> _bound = [];

    private int _expected;

    public static HostedEndpoints Get(ActorSystem system) => Provider.Instance.Apply(system);

    public void Expect(int endpoints) => Interlocked.Add(ref _expected, endpoints);

    public void Add(Ws.Bound bound) => ImmutableInterlocked.Update(ref _bound, static (all, added) => all.Add(added), bound.LocalEndPoints);

    /// <summary>The number of endpoints that do not listen at all of their addresses.</summary>
    public int Missing(Ws.Health health) =>
        Volatile.Read(ref _expected) - _bound.Count(addresses => addresses.All(health.Endpoints.Contains));

    private sealed class Provider : ExtensionIdProvider<HostedEndpoints>
    {
        public static Provider Instance { get; } = new();

        public override HostedEndpoints CreateExtension(ExtendedActorSystem system) => new();
    }
}
