using System.Net;
using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Routing;
using WsActors.Serialization;

namespace WsActors;

/// <content>The messages of endpoints: commands to the manager, and its answers.</content>
public static partial class Ws
{
    /// <summary>Starts an endpoint. Answered with <see cref="Bound"/> or <see cref="BindFailed"/>.</summary>
    /// <param name="Endpoint">
    /// The address: <c>ws://host:port</c>, the host an address, <c>localhost</c> (both loopback addresses) or <c>*</c>; port 0 takes a free
    /// one. With the transport <c>sockets</c> also <c>wss://host:port</c> for TLS, and <c>ws+unix:///path.sock</c>.
    /// </param>
    /// <param name="Routes">The routes of the endpoint.</param>
    /// <exception cref="ArgumentNullException">One of them, or <see cref="Configure"/>, is null.</exception>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Bind(string Endpoint, RouteTable Routes) : ILocalMessage
    {
        /// <inheritdoc cref="Bind" path="/param[@name='Endpoint']"/>
        public string Endpoint { get; init => field = NotNull(value); } = NotNull(Endpoint);

        /// <inheritdoc cref="Bind" path="/param[@name='Routes']"/>
        public RouteTable Routes { get; init => field = NotNull(value); } = NotNull(Routes);

        /// <summary>Changes to the options that HOCON gives, for this endpoint alone.</summary>
        public Func<EndpointOptions, EndpointOptions> Configure { get; init => field = NotNull(value); } = static options => options;

        /// <summary>
        /// The byte source: an actor that takes <c>Akka.IO.Tcp.Bind</c> and speaks Tcp's messages. Null uses the source that
        /// <c>ws-actors.transport</c> names.
        /// </summary>
        public IActorRef? Source { get; init; }
    }

    /// <summary>The endpoint listens.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Bound : IOperation
    {
        /// <summary>The endpoint's name from the bind.</summary>
        public required string Endpoint { get; init; }

        /// <summary>The bound address: with port 0, with the port that was chosen.</summary>
        public required EndPoint LocalEndPoint { get; init; }

        /// <summary>
        /// All bound addresses. For <c>localhost</c> both loopback addresses with one port, <see cref="LocalEndPoint"/> first; a machine
        /// without one of the two has the other. Otherwise only <see cref="LocalEndPoint"/>.
        /// </summary>
        public IReadOnlyList<EndPoint> LocalEndPoints { get => field ?? [LocalEndPoint]; init; }

        /// <summary>The bound port; 0 for a Unix socket.</summary>
        public int Port => (LocalEndPoint as IPEndPoint)?.Port ?? 0;
    }

    /// <summary>The endpoint could not be bound.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record BindFailed : IOperation
    {
        /// <summary>The endpoint's name from the bind.</summary>
        public required string Endpoint { get; init; }

        /// <summary>One sentence with the cause and a remedy.</summary>
        public required string Reason { get; init; }
    }

    /// <summary>Closes the endpoint's connections with 1001, then stops listening. Answered with <see cref="Unbound"/>.</summary>
    /// <param name="LocalEndPoint">The address from <see cref="Bound"/>; any one of several stands for all of them.</param>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Unbind(EndPoint LocalEndPoint) : IOperation
    {
        /// <inheritdoc cref="Unbind" path="/param[@name='LocalEndPoint']"/>
        public EndPoint LocalEndPoint { get; init => field = NotNull(value); } = NotNull(LocalEndPoint);
    }

    /// <summary>The endpoint no longer listens.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Unbound : IOperation
    {
        /// <summary>The address from <see cref="Unbind"/>.</summary>
        public required EndPoint LocalEndPoint { get; init; }
    }
}
