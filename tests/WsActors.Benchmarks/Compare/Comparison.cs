using WsActors.Benchmarks.Load;

namespace WsActors.Benchmarks.Compare;

/// <summary>
/// Runs the servers side by side and loads one after the other, round by round: a disturbance of the machine affects all of them. Each row
/// starts new processes.
/// </summary>
internal sealed class Comparison(CompareOptions options, TextWriter output, TextWriter progress, CancellationToken cancellation)
    : IDisposable
{
    /// <summary>From here on it was the load that could not do more.</summary>
    private const double BusyLoad = 0.9;

    private readonly ServerCertificate _certificate = new();
    private readonly MarkdownTable _table = new(output);

    public async Task RunAsync()
    {
        output.WriteLine(Machine.Describe());
        foreach (var row in options.Rows)
        {
            if (row.Name == Row.Idle)
            {
                await CompareMemoryAsync(row);
            }
            else
            {
                await CompareLoadsAsync(row);
            }
        }

        output.WriteLine($"\n{Machine.Describe()}");
    }

    public void Dispose() => _certificate.Dispose();

    private async Task CompareLoadsAsync(Row row)
    {
        var servers = new Dictionary<Contender, RunningServer>();
        var absent = new Dictionary<Contender, string>();
        try
        {
            foreach (var contender in options.Contenders)
            {
                await AttemptAsync(contender, absent, async () => servers[contender] = await StartAsync(contender, row.Variant));
            }

            var limits = new List<string>();
            foreach (var (i, shape) in row.Shapes.Index())
            {
                var measured = row.Name == Row.Paced ? await AtHalfTheRateAsync(shape, servers, absent) : shape;
                var results = await MeasureAsync(row, measured, isNew: i == 0, servers, absent);
                Write(i == 0 ? row.Title : null, measured, results);
                limits.AddRange(
                    results.Where(static result => result.Value.LoadBusy > BusyLoad)
                        .Select(result => $"{result.Key.Name} at {measured.Name}"));
            }

            await WriteTrafficAsync(row, servers);
            WriteAbsent(absent);
            if (limits.Count > 0)
            {
                output.WriteLine($"\nThe load had its core full, so that a rate above is the load's: {string.Join("; ", limits)}.");
            }
        }
        finally
        {
            foreach (var server in servers.Values)
            {
                await server.DisposeAsync();
            }
        }
    }

    private async Task<Dictionary<Contender, Best>> MeasureAsync(
        Row row,
        Shape shape,
        bool isNew,
        Dictionary<Contender, RunningServer> servers,
        Dictionary<Contender, string> absent)
    {
        var results = new Dictionary<Contender, Best>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            // The order rotates. Before the first round, all get time to compile their code.
            var warmUp = (isNew, round) switch
            {
                (true, 1) => options.WarmUp,
                (_, 1) => options.Duration,
                _ => TimeSpan.FromSeconds(1),
            };
            var load = shape.Load with { Duration = options.Duration, WarmUp = warmUp };
            foreach (var (contender, server) in Rotated(servers, round).Where(server => !absent.ContainsKey(server.Key)))
            {
                progress.WriteLine($"{row.Name}, {shape.Name}, round {round} of {options.Rounds}: {contender.Name}");
                await AttemptAsync(contender, absent, async () =>
                {
                    var result = await server.LoadAsync(load, cancellation);
                    (results.TryGetValue(contender, out var best) ? best : results[contender] = new Best()).Add(result);
                });
            }
        }

        return options.Contenders.Where(results.ContainsKey).ToDictionary(static contender => contender, contender => results[contender]);
    }

    private static IEnumerable<KeyValuePair<Contender, RunningServer>> Rotated(Dictionary<Contender, RunningServer> servers, int by) =>
        servers.Skip(by % Math.Max(1, servers.Count)).Concat(servers.Take(by % Math.Max(1, servers.Count)));

    private async Task<Shape> AtHalfTheRateAsync(
        Shape shape, Dictionary<Contender, RunningServer> servers, Dictionary<Contender, string> absent)
    {
        var slowest = double.MaxValue;
        foreach (var (contender, server) in servers)
        {
            progress.WriteLine($"{Row.Paced}, how much it can do: {contender.Name}");
            await AttemptAsync(contender, absent, async () =>
                slowest = Math.Min(
                    slowest,
                    (await server.LoadAsync(
                        shape.Load with { Duration = options.Duration, WarmUp = options.WarmUp }, cancellation)).PerSecond));
        }

        var rate = Math.Max(1, (int)(slowest / 2));
        return new(shape.Load with { Kind = LoadKind.Paced, Rate = rate });
    }

    private void Write(string? title, Shape shape, Dictionary<Contender, Best> results)
    {
        if (title is not null)
        {
            _table.Begin(
                title, ["", "server"], ["CPU µs each", "of Kestrel's", "spread", "a second", "p50 µs", "p99 µs", "p99.9 µs", "MB"]);
        }

        foreach (var (contender, best) in results)
        {
            var reference = results.FirstOrDefault(result => result.Key.Name == contender.Reference).Value?.Cpu;
            _table.Line(
                shape.Name,
                contender.Name,
                MarkdownTable.Number(best.Cpu),
                MarkdownTable.Ratio(best.Cpu, reference),
                MarkdownTable.Percent(best.Spread),
                MarkdownTable.Number(best.PerSecond),
                MarkdownTable.Number(best.P50),
                MarkdownTable.Number(best.P99),
                MarkdownTable.Number(best.P999),
                MarkdownTable.Number(best.Memory));
        }
    }

    /// <summary>Writes the bytes between nodes for each broadcast message, gossip included.</summary>
    private async Task WriteTrafficAsync(Row row, Dictionary<Contender, RunningServer> servers)
    {
        foreach (var (contender, server) in servers.Where(static server => server.Value.Traffic is not null))
        {
            var load = row.Shapes[0].Load with { Duration = options.Duration, WarmUp = TimeSpan.Zero };
            await using var child = await server.OccupyAsync(load, cancellation);
            var before = await server.Traffic!.BytesAsync(cancellation);
            var result = await RunningServer.ResultOfAsync(child, cancellation);
            var publishes = result.PerSecond * load.Duration.TotalSeconds / load.Connections;
            output.WriteLine(before is { } bytes && await server.Traffic.BytesAsync(cancellation) is { } after
                ? $"\nBetween the nodes of {contender.Name}: {MarkdownTable.Number((after - bytes) / publishes)} bytes a broadcast message."
                : $"\nBetween the nodes of {contender.Name}: not known, since iproute2 (ss) is missing.");
        }
    }

    private async Task CompareMemoryAsync(Row row)
    {
        var crowd = row.Shapes[0].Load;
        var results = new Dictionary<Contender, List<IdleMemory>>();
        var absent = new Dictionary<Contender, string>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var contender in options.Contenders)
            {
                progress.WriteLine($"{row.Name}, {crowd.Connections} connections, round {round} of {options.Rounds}: {contender.Name}");
                await AttemptAsync(contender, absent, async () =>
                {
                    await using var server = await StartAsync(contender, row.Variant);
                    var memory = await IdleMemory.MeasureAsync(server, crowd, cancellation);
                    results.TryAdd(contender, []);
                    results[contender].Add(memory);
                });
            }
        }

        var medians = results.ToDictionary(static result => result.Key, static result => IdleMemory.Median(result.Value));
        _table.Begin(
            $"{row.Title}: {row.Shapes[0].Name}",
            ["server"],
            ["resident KB each", "of Kestrel's", "live heap KB each", "of Kestrel's", "MB in all"]);
        foreach (var (contender, memory) in medians)
        {
            var reference = medians.FirstOrDefault(result => result.Key.Name == contender.Reference).Value;
            _table.Line(
                contender.Name,
                MarkdownTable.Number(memory.ResidentEach / 1000),
                MarkdownTable.Ratio(memory.ResidentEach, reference?.ResidentEach),
                MarkdownTable.Number(memory.LiveEach / 1000),
                MarkdownTable.Ratio(memory.LiveEach, reference?.LiveEach),
                MarkdownTable.Number(memory.Resident / 1e6));
        }

        WriteAbsent(absent);
    }

    private void WriteAbsent(Dictionary<Contender, string> absent)
    {
        foreach (var (contender, why) in absent)
        {
            output.WriteLine($"\n{contender.Name} could not take part: {why}");
        }
    }

    private Task<RunningServer> StartAsync(Contender contender, Variant variant) =>
        RunningServer.StartAsync(contender, variant, _certificate.Path, cancellation);

    /// <summary>A server that does not support a row is left out of it.</summary>
    private static async Task AttemptAsync(Contender contender, Dictionary<Contender, string> absent, Func<Task> attempt)
    {
        try
        {
            await attempt();
        }
        catch (CompareException e)
        {
            absent.TryAdd(contender, e.Message);
        }
    }
}
