using System.Diagnostics.CodeAnalysis;

namespace WsActors.Dispatch;

/// <summary>A call of user code in a <see cref="Bulkhead"/>.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Without a timer the source of cancellation holds nothing to dispose of.")]
internal abstract class BulkheadCall
{
    private readonly CancellationTokenSource _cancellation = new();

    protected BulkheadCall() => Place = new LinkedListNode<BulkheadCall>(this);

    /// <summary>Its place in the queue of waiting calls. Only the bulkhead changes the queue.</summary>
    public LinkedListNode<BulkheadCall> Place { get; }

    protected CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Cancels the call: its answer is not awaited any more.</summary>
    public abstract void Cancel();

    /// <summary>Runs the code, on a thread of the bulkhead. Never fails.</summary>
    public abstract Task RunAsync();

    /// <summary>Requests cancellation. Exceptions of the user's callbacks are dropped.</summary>
    public void RequestCancellation()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (AggregateException)
        {
            // Thrown by the user's callbacks.
        }
    }
}

/// <inheritdoc cref="BulkheadCall"/>
/// <param name="bulkhead">The bulkhead.</param>
/// <param name="code">The user code.</param>
internal sealed class BulkheadCall<T>(Bulkhead bulkhead, Func<CancellationToken, Task<T>> code) : BulkheadCall
{
    private readonly TaskCompletionSource<T> _answer = new();

    /// <summary>The answer. It never completes for a call that was canceled before it started.</summary>
    public Task<T> Answer => _answer.Task;

    public override void Cancel() => bulkhead.Cancel(this);

    public override async Task RunAsync()
    {
        try
        {
            _answer.TrySetResult(await code(Cancellation).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            _answer.TrySetException(e);
        }
        finally
        {
            bulkhead.CompleteCall();
        }
    }
}
