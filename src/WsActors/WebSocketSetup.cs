using Akka.Actor.Setup;

namespace WsActors;

/// <summary>The settings that HOCON cannot carry. Joined to the <c>ActorSystemSetup</c> with which the system is made.</summary>
public sealed class WebSocketSetup : Setup
{
    /// <summary>
    /// The time that all deadlines are measured by. The TestKit puts a virtual one here. Time that passes without a tick
    /// (<c>ws-actors.tick</c>) is that of a process that stands still, and moves the deadlines: a clock of your own advances by a tick and
    /// 500 ms at most at a time.
    /// </summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// What spreads the closes of a drain, and the attempts of clients that reconnect. Used by one thread at a time; the TestKit puts one
    /// with a fixed seed here.
    /// </summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Changes to the options that HOCON gives, for every endpoint.</summary>
    public Func<EndpointOptions, EndpointOptions> Configure { get; init; } = static options => options;

    /// <summary>Changes to the options that HOCON gives, for every client.</summary>
    public Func<ClientOptions, ClientOptions> ConfigureClients { get; init; } = static options => options;
}
