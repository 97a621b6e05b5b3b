using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace WsActors.Protocol.Frames;

/// <summary>
/// Fresh unpredictable masking keys (RFC 6455 §5.3). The system's strong random generator costs about as much for 64 keys as for one, so
/// each thread draws a batch and uses every key once.
/// </summary>
internal static class MaskingKeys
{
    private const int BatchSize = 64;

    [ThreadStatic]
    private static uint[]? Batch;

    /// <summary>The number of unused keys, at the start of the batch.</summary>
    [ThreadStatic]
    private static int Left;

    public static uint Next()
    {
        var batch = Batch ??= new uint[BatchSize];
        if (Left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(batch.AsSpan()));
            Left = BatchSize;
        }

        return batch[--Left];
    }
}
