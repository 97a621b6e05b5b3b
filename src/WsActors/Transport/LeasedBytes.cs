using Akka.Actor;
using Akka.Event;

namespace WsActors.Transport;

/// <summary>
/// Received bytes in a leased buffer; our own byte sources send it instead of <c>Tcp.Received</c>, whose bytes have no owner. The bytes do
/// not change until the connection sends <c>ResumeReading</c> or <see cref="ReturnLease"/>. One per socket, since it has one read at a
/// time.
/// </summary>
internal sealed class LeasedBytes : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    /// <summary>The buffer; undefined once it was returned.</summary>
    public ReadOnlyMemory<byte> Bytes { get; set; }

    /// <summary>Sent by a connection that no longer needs the bytes, and requests no read yet.</summary>
    internal sealed record ReturnLease : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        private ReturnLease()
        {
        }

        public static ReturnLease Instance { get; } = new();
    }
}
