using System.Net.Sockets;

namespace WsActors.Transport.Sockets;

/// <summary>
/// What TLS reads and writes. While it shakes hands, what follows a read is done on the thread pool, wherever the socket calls back: keys and
/// certificates take a millisecond and more, and whoever looks for a missing link of a chain may wait for the network.
/// </summary>
internal sealed class TlsBytes(Socket socket) : NetworkStream(socket, ownsSocket: false)
{
    /// <summary>Whether the handshake is over.</summary>
    public bool IsOpen { get; set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => IsOpen
        ? base.ReadAsync(buffer, cancellationToken)
        : ReadAndLeaveAsync(base.ReadAsync(buffer, cancellationToken));

    private static async ValueTask<int> ReadAndLeaveAsync(ValueTask<int> reading)
    {
        var count = await reading.ConfigureAwait(false);
        if (SocketThread.IsCurrent)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        return count;
    }
}
