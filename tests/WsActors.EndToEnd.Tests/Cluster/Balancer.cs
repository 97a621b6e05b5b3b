using System.Net;
using System.Net.Sockets;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>
/// The way of one person to the nodes, from loopback into their network: to the machine that it likes best, or else to the next one that
/// says that it is ready. Bytes pass as they are, and so do ends.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    private readonly CancellationTokenSource _end = new();

    private readonly Machines _machines;

    private readonly IReadOnlyList<Machine> _preferred;

    private readonly Task _serving;

    /// <param name="machines">All there are.</param>
    /// <param name="favourite">The node that is tried first.</param>
    public Balancer(Machines machines, Machine favourite)
    {
        (_machines, _preferred) = (machines, [favourite, .. machines.All.Where(machine => machine != favourite)]);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The node of the latest connection.</summary>
    public Machine? Current { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                passing.Add(PassAsync(await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(Socket person)
    {
        using (person)
        {
            if (await FindAsync() is not var (machine, socket))
            {
                return;
            }

            using (socket)
            {
                Current = machine;
                using var either = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                await Task.WhenAll(PassAsync(person, socket, either), PassAsync(socket, person, either));

                // No connection may stay at a stopped node.
                socket.Close(0);
            }
        }
    }

    private async Task<(Machine Machine, Socket Socket)?> FindAsync()
    {
        foreach (var machine in _preferred)
        {
            if (await _machines.IsReadyAsync(machine))
            {
                try
                {
                    return (machine, await _machines.ConnectAsync(machine, _end.Token));
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    // It was ready.
                }
            }
        }

        return null;
    }

    private static async Task PassAsync(Socket from, Socket to, CancellationTokenSource either)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (await from.ReceiveAsync(buffer, either.Token) is > 0 and var count)
            {
                await to.SendAsync(buffer.AsMemory(0, count), either.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            await either.CancelAsync();
        }
    }
}
