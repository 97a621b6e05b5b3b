using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Connection;

/// <summary>
/// Asks the manager for an endpoint whose HTTP server is another's. Answered with its <see cref="ServerEndpointContext"/>, or
/// <see cref="Ws.BindFailed"/>.
/// </summary>
/// <param name="Name">The endpoint's name, such as the address of the HTTP server.</param>
/// <param name="Routes">The routes, whose paths that server matches.</param>
/// <param name="Configure">Changes to the options that HOCON gives.</param>
/// <param name="Advice">The cures that a refusal for its origin names.</param>
internal sealed record HostCommand(
    string Name, RouteTable Routes, Func<EndpointOptions, EndpointOptions> Configure, OriginAdvice Advice)
    : INoSerializationVerificationNeeded;
