using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace WsActors.Tests;

/// <summary>The source of a streamed message, played by a test: it yields the test's parts, and records its end.</summary>
internal sealed class StreamedSource
{
    private readonly Channel<ReadOnlyMemory<byte>> _parts = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();

    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Channel<bool> _asked = Channel.CreateUnbounded<bool>();

    /// <summary>Whether the source was opened.</summary>
    public bool IsOpened { get; private set; }

    /// <summary>Whether it was cancelled.</summary>
    public bool IsCancelled { get; private set; }

    public IAsyncEnumerable<ReadOnlyMemory<byte>> Parts => Run();

    public void Yield(params byte[][] parts) => Array.ForEach(parts, part => Assert.True(_parts.Writer.TryWrite(part)));

    /// <summary>Ends the source, or fails it.</summary>
    public void End(Exception? cause = null) => _parts.Writer.Complete(cause);

    /// <summary>Waits until it is asked for a part once more.</summary>
    public Task IsAsked() => _asked.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Whether it is asked for a part by now.</summary>
    public bool TryIsAsked() => _asked.Reader.TryRead(out _);

    public Task IsDisposed() => _disposed.Task.WaitAsync(TimeSpan.FromSeconds(30));

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Run([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        IsOpened = true;
        try
        {
            while (true)
            {
                _asked.Writer.TryWrite(true);
                if (!await _parts.Reader.WaitToReadAsync(cancellation) || !_parts.Reader.TryRead(out var part))
                {
                    break;
                }

                yield return part;
            }
        }
        finally
        {
            IsCancelled = cancellation.IsCancellationRequested;
            _disposed.TrySetResult();
        }
    }
}
