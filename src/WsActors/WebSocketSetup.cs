using Akka.Actor;
using Akka.Actor.Setup;

namespace WsActors;

/// <summary>The settings that HOCON cannot carry. Joined to the <c>ActorSystemSetup</c> with which the system is made.</summary>
public sealed class WebSocketSetup : Setup
{
    /// <summary>
    /// The time of all deadlines. The TestKit sets a virtual one. Time that passes without a tick (<c>ws-actors.tick</c>) counts as a
    /// standstill of the process, and moves the deadlines: a custom clock must not advance by more than a tick and 500 ms at a time.
    /// </summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// The randomness that spreads the closes of a drain, and the attempts of reconnecting clients. Used by one thread at a time. The
    /// TestKit sets one with a fixed seed.
    /// </summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>
    /// Creates the byte source of the endpoints whose <see cref="Ws.Bind.Source"/> names none; null uses the one that
    /// <c>ws-actors.transport</c> names. Called once, when the extension starts. The TestKit sets one that binds no port.
    /// </summary>
    public Func<ActorSystem, IActorRef>? Source { get; init; }

    /// <summary>Changes to the options that HOCON gives, for every endpoint.</summary>
    public Func<EndpointOptions, EndpointOptions> Configure { get; init; } = static options => options;

    /// <summary>Changes to the options that HOCON gives, for every client.</summary>
    public Func<ClientOptions, ClientOptions> ConfigureClients { get; init; } = static options => options;
}
