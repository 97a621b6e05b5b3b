using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace WsActors.Benchmarks.Compare;

/// <summary>A process that was started here, and ends here at the latest.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _errors = new();

    public Child(IReadOnlyList<string> command, IReadOnlyDictionary<string, string?> environment)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command.Skip(1))
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (name, value) in environment)
        {
            _process.StartInfo.Environment[name] = value;
        }

        _process.OutputDataReceived += (_, e) => Note(e.Data);
        _process.ErrorDataReceived += (_, e) => _errors.Enqueue(e.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Its standard error output so far, in one line.</summary>
    public string Errors => string.Join(' ', _errors).Trim();

    /// <summary>The meaning of its next output line that has one.</summary>
    /// <exception cref="CompareException">It has ended without one.</exception>
    public async Task<T> ReadAsync<T>(Func<string, T?> meaning, CancellationToken cancellation)
        where T : class
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(cancellation))
        {
            if (meaning(line) is { } found)
            {
                return found;
            }
        }

        await _process.WaitForExitAsync(cancellation);
        throw new CompareException(Errors is { Length: > 0 } errors ? errors : "It ended without a word.");
    }

    /// <summary>Asks it something, in a line.</summary>
    public Task AskAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            _lines.Writer.TryComplete();
        }
        else
        {
            _lines.Writer.TryWrite(line);
        }
    }
}
