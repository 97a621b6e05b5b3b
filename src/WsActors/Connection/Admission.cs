using System.Net;
using Akka.Actor;

namespace WsActors.Connection;

/// <summary>A connection asks its parent for admission once its request is complete; the two answers.</summary>
internal static class Admission
{
    /// <summary>Asks whether one more connection may open. Answered with <see cref="Granted"/> or <see cref="Denied"/>.</summary>
    /// <param name="Client">The client's address, as trusted proxies name it.</param>
    /// <param name="Reserved">The reserved connections of the route.</param>
    internal sealed record Request(IPAddress Client, int Reserved) : INoSerializationVerificationNeeded;

    internal sealed record Granted : INoSerializationVerificationNeeded
    {
        private Granted()
        {
        }

        public static Granted Instance { get; } = new();
    }

    /// <param name="Reason">One sentence for the client: the body of the 503.</param>
    internal sealed record Denied(string Reason) : INoSerializationVerificationNeeded;
}
