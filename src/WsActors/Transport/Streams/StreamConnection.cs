using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Akka.Actor;
using Akka.IO;
using WsActors.Transport.Sources;

namespace WsActors.Transport.Streams;

/// <summary>
/// A stream as a byte source: that of a request which another HTTP server has upgraded. Its connection decides on the request before there
/// is a stream, and is told <see cref="StreamStarted"/> once there is one. The request must not end before <see cref="Completion"/>: then
/// no operation on the stream is in flight.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It disposes of what it owns at its end.")]
internal sealed class StreamConnection : SourceRef
{
    /// <summary>
    /// The time without a byte of the peer after which a stream ends that cannot close one direction alone. An end while bytes are unread
    /// resets the socket, and the reset would destroy our close frame.
    /// </summary>
    private static readonly TimeSpan LingerTime = TimeSpan.FromMilliseconds(500);

    private static long LastNumber;

    private readonly IInternalActorRef _manager;

    /// <summary>Null once the request was upgraded: it would keep the headers of the response.</summary>
    private TaskCompletionSource<object?>? _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancels the read in flight at the end.</summary>
    private readonly CancellationTokenSource _end = new();

    /// <summary>The transport of the upgraded request; null before.</summary>
    private IUpgradedStream? _upgraded;

    /// <summary>The number of operations in flight: read, write, close of our direction.</summary>
    private int _pendingOperations;

    /// <summary>Ends a lingering stream; null without one.</summary>
    private Timer? _linger;

    /// <param name="manager">The manager of the connection.</param>
    /// <param name="bufferPool">The pool of read buffers.</param>
    public StreamConnection(IActorRef manager, BufferPool bufferPool)
    {
        _manager = (IInternalActorRef)manager;
        SetParts(new StreamReceiver(this, bufferPool), new StreamSender(this));
    }

    /// <summary>The path; created on first use, which is rare.</summary>
    [field: AllowNull]
    public override ActorPath Path =>
        field ??= _manager.Path / "streams" / Interlocked.Increment(ref LastNumber).ToString(CultureInfo.InvariantCulture);

    public override IActorRefProvider Provider => _manager.Provider;

    /// <summary>
    /// The connection's answer to the request: <c>PlainResponse</c>, or the headers of the accepting response. Null when the source ended
    /// before. It is not read after the upgrade.
    /// </summary>
    public Task<object?> Answer => _answer!.Task;

    /// <summary>The end, without an operation in flight.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Whether our direction can be closed alone.</summary>
    public bool CanHalfClose => _upgraded is { CanCompleteSending: true };

    /// <summary>Whether a handler, which may block, may run on the thread that completes a read.</summary>
    public bool TakesHandler => _upgraded is { MayBlockReadCompletions: true } && Thread.CurrentThread.IsThreadPoolThread;

    /// <summary>The stream; null before the upgrade.</summary>
    public Stream? Stream => _upgraded?.Stream;

    /// <summary>Cancelled at the end. Not read after the end.</summary>
    public CancellationToken EndToken => _end.Token;

    /// <summary>Answers the request.</summary>
    public void SetAnswer(object answer) => _answer?.TrySetResult(answer);

    /// <summary>The request was upgraded.</summary>
    public void Start(IUpgradedStream upgraded)
    {
        lock (Gate)
        {
            if (IsClosed)
            {
                return;
            }

            (_upgraded, _answer) = (upgraded, null);
            Handler.Tell(new StreamStarted(), this);
            ((StreamReceiver)Receiver).Start();
        }
    }

    /// <summary>The request ended before its upgrade, or the upgrade failed.</summary>
    public void FailUpgrade(string reason)
    {
        lock (Gate)
        {
            Fail(reason);
        }
    }

    /// <summary>Begins an operation; false without a stream.</summary>
    public bool TryEnter()
    {
        var isOpen = !IsClosed && _upgraded is not null;
        _pendingOperations += isOpen ? 1 : 0;
        return isOpen;
    }

    /// <summary>Ends an operation.</summary>
    public void Exit()
    {
        _pendingOperations--;
        CompleteWhenUnused();
    }

    /// <summary>Bytes of the peer arrived: a lingering stream lingers on.</summary>
    public void OnBytes() => _linger?.Change(LingerTime, Timeout.InfiniteTimeSpan);

    /// <summary>The error in one line. It quotes nothing of the peer.</summary>
    public static string SentenceOf(Exception e) => e.GetBaseException().Message;

    protected override void Release(bool isReset)
    {
        _answer?.TrySetResult(null);
        // The end cancels a read in flight. Only a reset ends a write in flight, and the request waits for that.
        if (isReset || !Sender.IsEmpty)
        {
            _upgraded?.Abort();
        }

        Sender.Clear();
        _linger?.Dispose();
        _end.Cancel();
        _end.Dispose();
        CompleteWhenUnused();
    }

    protected override bool TryShutDownSend()
    {
        if (_upgraded is null)
        {
            return false;
        }

        if (_upgraded.CanCompleteSending && TryEnter())
        {
            _ = CompleteSendingAsync(_upgraded);
        }
        else
        {
            _linger = new Timer(static source => ((StreamConnection)source!).EndLingering(), this, LingerTime, Timeout.InfiniteTimeSpan);
        }

        return true;
    }

    private async Task CompleteSendingAsync(IUpgradedStream upgraded)
    {
        var failure = "";
        try
        {
            await upgraded.CompleteSendingAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failure = SentenceOf(e);
        }

        lock (Gate)
        {
            Exit();
            if (failure.Length > 0)
            {
                Fail(failure);
            }
        }
    }

    private void EndLingering()
    {
        lock (Gate)
        {
            Close(Tcp.ConfirmedClosed.Instance, isReset: false);
        }
    }

    private void CompleteWhenUnused()
    {
        if (IsClosed && _pendingOperations == 0)
        {
            _completion.TrySetResult();
        }
    }
}
