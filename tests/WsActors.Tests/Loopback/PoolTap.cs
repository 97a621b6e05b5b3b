using System.Diagnostics.Tracing;

namespace WsActors.Tests.Loopback;

/// <summary>
/// Counts the rented arrays of one size of the shared pool, by the pool's own events. The compressor and the decompressor of .NET rent 8
/// KiB each for their lifetime, so that an undisposed one is detected.
/// </summary>
internal sealed class PoolTap : EventListener
{
    private const int BufferRented = 1;

    private const int BufferReturned = 3;

    private const int CompressorBytes = 8 * 1024;

    private int _lent;

    /// <summary>Rented since the tap was opened, and not returned.</summary>
    public int Lent => Volatile.Read(ref _lent);

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Buffers.ArrayPoolEventSource")
        {
            EnableEvents(eventSource, EventLevel.Verbose);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.Payload is [_, CompressorBytes, ..])
        {
            switch (eventData.EventId)
            {
                case BufferRented: Interlocked.Increment(ref _lent); break;
                case BufferReturned: Interlocked.Decrement(ref _lent); break;
            }
        }
    }
}
