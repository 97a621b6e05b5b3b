namespace WsActors.Client.Tests;

/// <summary>A server of this library, which also sends a flood upon <c>flood 100</c> (<see cref="FloodingEcho"/>).</summary>
internal interface IOurServer : IServer
{
    /// <summary>The number of messages of a flood that were taken to be sent.</summary>
    int Flooded { get; }
}
