using Akka.Actor;
using Akka.Event;

namespace WsActors.Transport;

/// <summary>
/// Bytes that came, in a buffer that is lent: told by our own byte sources instead of <c>Tcp.Received</c>, whose bytes have no owner. They
/// stay as they are until the connection tells <c>ResumeReading</c> or <see cref="ReturnLease"/>. One a socket, for there is one read at a
/// time.
/// </summary>
internal sealed class LeasedBytes : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    /// <summary>The buffer; without meaning once it was taken back.</summary>
    public ReadOnlyMemory<byte> Bytes { get; set; }

    /// <summary>Told by a connection that needs the bytes no longer, and does not read on yet.</summary>
    internal sealed class ReturnLease : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        private ReturnLease()
        {
        }

        public static ReturnLease Instance { get; } = new();
    }
}
