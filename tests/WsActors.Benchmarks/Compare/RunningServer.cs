using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using WsActors.Benchmarks.Load;
using WsActors.EndToEnd.Tests;

namespace WsActors.Benchmarks.Compare;

/// <summary>A server that listens, and can be loaded.</summary>
internal sealed partial class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<string, string?> ForLoad = new()
    {
        // Compiled once and for all, so that the compiler does not compete with the load that is measured.
        ["DOTNET_TieredCompilation"] = "0",
    };

    private readonly Child _child;
    private readonly int _port;
    private readonly Contender _contender;
    private readonly Variant _variant;
    private readonly string _certificate;

    private RunningServer(Child child, int port, Contender contender, Variant variant, string certificate) =>
        (_child, _port, _contender, _variant, _certificate) = (child, port, contender, variant, certificate);

    /// <summary>Resident bytes.</summary>
    public long Memory => ProcessUse.Of(_child.Id).Memory;

    /// <exception cref="CompareException">It does not listen.</exception>
    public static async Task<RunningServer> StartAsync(Contender contender, Variant variant, string certificate, CancellationToken cancellation)
    {
        var child = new Child(Machine.ForServer(contender.CommandFor(variant, certificate)), LiveMemory.Environment);
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(Patience);
            var bound = await child.ReadAsync(static line => BoundTo().Match(line) is { Success: true } match ? match : null, deadline.Token);
            return new(child, int.Parse(bound.Groups["port"].ValueSpan, CultureInfo.InvariantCulture), contender, variant, certificate);
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Loads it to the end.</summary>
    /// <exception cref="CompareException">The load could not do its work, or was answered wrongly.</exception>
    public async Task<LoadResult> LoadAsync(LoadOptions load, CancellationToken cancellation)
    {
        await using var child = StartLoad(load);
        var result = await child.ReadAsync(static line => line.StartsWith('{') ? JsonSerializer.Deserialize<LoadResult>(line) : null, cancellation);
        return result.Errors == 0 ? result : throw new CompareException($"{result.Errors} answers were wrong, or connections ended.");
    }

    /// <summary>Opens connections that stay until the child ends.</summary>
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

    /// <summary>What it holds once its garbage is collected.</summary>
    public async Task<LiveMemory> LiveMemoryAsync(CancellationToken cancellation)
    {
        await _child.AskAsync("what is alive?");
        return await _child.ReadAsync(LiveMemory.Parse, cancellation);
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private Child StartLoad(LoadOptions load) => new(Machine.ForLoad(["dotnet", typeof(RunningServer).Assembly.Location, .. LoadCommand.Arguments(load with
    {
        Port = _port,
        Path = _contender.PathFor(_variant, load.Path),
        Server = _child.Id,
        Certificate = _variant is Variant.Tls ? _certificate : null,
    })]), ForLoad);

    [GeneratedRegex(@"bound to .*:(?<port>\d+)")]
    private static partial Regex BoundTo();
}
