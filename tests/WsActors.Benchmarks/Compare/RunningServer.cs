using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using WsActors.Benchmarks.Load;
using WsActors.EndToEnd.Tests;

namespace WsActors.Benchmarks.Compare;

/// <summary>A server that listens, and can be loaded: a process, or the nodes of a cluster.</summary>
internal sealed partial class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<string, string?> ForLoad = new()
    {
        // Compiled once and for all, so that the compiler does not compete with the load that is measured.
        ["DOTNET_TieredCompilation"] = "0",
    };

    private readonly List<Child> _nodes = [];
    private readonly List<int> _ports = [];
    private readonly Contender _contender;
    private readonly Variant _variant;
    private readonly string _certificate;

    private RunningServer(Contender contender, Variant variant, string certificate) =>
        (_contender, _variant, _certificate) = (contender, variant, certificate);

    /// <summary>Resident bytes.</summary>
    public long Memory => ProcessUse.Of(_nodes.Select(static node => node.Id)).Memory;

    /// <summary>The traffic between its nodes; null for a single node.</summary>
    public NodeTraffic? Traffic { get; private set; }

    /// <exception cref="CompareException">It does not listen.</exception>
    public static async Task<RunningServer> StartAsync(
        Contender contender, Variant variant, string certificate, CancellationToken cancellation)
    {
        var server = new RunningServer(contender, variant, certificate);
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(Patience);
            await server.StartNodesAsync(deadline.Token);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Loads it to the end.</summary>
    /// <exception cref="CompareException">The load could not do its work, or was answered wrongly.</exception>
    public async Task<LoadResult> LoadAsync(LoadOptions load, CancellationToken cancellation)
    {
        await using var child = StartLoad(load);
        var result = await ResultOfAsync(child, cancellation);
        return result.PerSecond > 0
            ? result
            : throw new CompareException("Nothing came back in all the time that was measured: give it more --seconds.");
    }

    /// <summary>Waits for the end of a load.</summary>
    /// <inheritdoc cref="LoadAsync" path="/exception"/>
    public static async Task<LoadResult> ResultOfAsync(Child load, CancellationToken cancellation)
    {
        var result = await load.ReadAsync(
            static line => line.StartsWith('{') ? JsonSerializer.Deserialize<LoadResult>(line) : null, cancellation);
        return result.Errors == 0 ? result : throw new CompareException($"{result.Errors} answers were wrong, or connections ended.");
    }

    /// <summary>Starts a load, and waits until its connections are open.</summary>
    public async Task<Child> OccupyAsync(LoadOptions load, CancellationToken cancellation)
    {
        var child = StartLoad(load);
        try
        {
            await child.ReadAsync(static line => line.EndsWith(" open", StringComparison.Ordinal) ? line : null, cancellation);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Its live memory after a garbage collection.</summary>
    public async Task<LiveMemory> LiveMemoryAsync(CancellationToken cancellation)
    {
        var sum = new LiveMemory(0, 0);
        foreach (var node in _nodes)
        {
            await node.AskAsync("what is alive?");
            var one = await node.ReadAsync(LiveMemory.Parse, cancellation);
            sum = new(sum.Heap + one.Heap, sum.Malloc + one.Malloc);
        }

        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task StartNodesAsync(CancellationToken cancellation)
    {
        var nodePorts = _contender.Nodes > 1 ? FreePorts(_contender.Nodes) : [];
        var seeds = string.Join(',', nodePorts.Select(static port => $"127.0.0.1:{port}"));
        for (var i = 0; i < _contender.Nodes; i++)
        {
            var environment = new Dictionary<string, string?>(LiveMemory.Environment.Concat(_contender.Environment));
            if (nodePorts.Length > 0)
            {
                (environment["Cluster__Seeds"], environment["Cluster__Port"]) =
                    (seeds, nodePorts[i].ToString(CultureInfo.InvariantCulture));
            }

            var node = new Child(Machine.ForServer(_contender.CommandFor(_variant, _certificate)), environment);
            _nodes.Add(node);
            var bound = await node.ReadAsync(static line => BoundTo().Match(line) is { Success: true } match ? match : null, cancellation);
            _ports.Add(int.Parse(bound.Groups["port"].ValueSpan, CultureInfo.InvariantCulture));
        }

        if (nodePorts.Length > 0)
        {
            Traffic = new NodeTraffic(nodePorts);
            await Task.WhenAll(_ports.Select(port => UntilReadyAsync(port, cancellation)));
        }
    }

    /// <summary>A node is ready once it is in the cluster.</summary>
    private static async Task UntilReadyAsync(int port, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        while (!(await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), cancellation)).IsSuccessStatusCode)
        {
            await Task.Delay(50, cancellation);
        }
    }

    // Below the system's ephemeral ports.
    private static int[] FreePorts(int count)
    {
        var sockets = new Dictionary<int, TcpListener>();
        while (sockets.Count < count)
        {
            var socket = new TcpListener(IPAddress.Loopback, Random.Shared.Next(10_000, 32_000));
            try
            {
                socket.Start();
                sockets.Add(((IPEndPoint)socket.LocalEndpoint).Port, socket);
            }
            catch (SocketException)
            {
                socket.Dispose(); // someone has it
            }
        }

        foreach (var socket in sockets.Values)
        {
            socket.Dispose();
        }

        return [.. sockets.Keys];
    }

    private Child StartLoad(LoadOptions load)
    {
        var arguments = LoadCommand.Arguments(load with
        {
            Ports = _ports,
            Path = _contender.PathFor(_variant, load.Path),
            Servers = [.. _nodes.Select(static node => node.Id)],
            Certificate = _variant is Variant.Tls ? _certificate : null,
            IsHttp2 = _contender.IsHttp2,
        });
        return new(Machine.ForLoad(["dotnet", typeof(RunningServer).Assembly.Location, .. arguments]), ForLoad);
    }

    [GeneratedRegex(@"bound to .*:(?<port>\d+)")]
    private static partial Regex BoundTo();
}
