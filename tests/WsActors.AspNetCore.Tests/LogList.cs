using Microsoft.Extensions.Logging;

namespace WsActors.AspNetCore.Tests;

/// <summary>The log of an app, as lines.</summary>
internal sealed class LogList : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];

    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The lines of warnings and worse.</summary>
    public IEnumerable<string> Warnings => Lines.Where(static line => !line.StartsWith("Information", StringComparison.Ordinal));

    /// <summary>The first line with a text, once it is there.</summary>
    public async Task<string> LineAsync(string text)
    {
        while (true)
        {
            Task more;
            lock (_lines)
            {
                if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
                {
                    return line;
                }

                more = _more.Task;
            }

            await more.WaitAsync(App.Limit());
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        TaskCompletionSource more;
        lock (_lines)
        {
            _lines.Add($"{logLevel}: {formatter(state, exception)}");
            more = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        more.SetResult();
    }

    public void Dispose()
    {
    }
}
