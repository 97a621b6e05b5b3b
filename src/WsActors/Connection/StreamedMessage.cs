using Akka.Actor;
using Akka.Event;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;

namespace WsActors.Connection;

/// <summary>
/// The streamed message whose turn has come, until its last fragment leaves. Its source runs on the thread pool, a part ahead of what
/// leaves: what it yields comes to the connection as <see cref="Produced"/>. Part of an <see cref="SendQueue"/>.
/// </summary>
#pragma warning disable CA1001 // A source may outlive its stream, and needs both as long; neither has a timer or a handle to be disposed of.
internal sealed class StreamedMessage
#pragma warning restore CA1001
{
    /// <summary>Ends a source that waits.</summary>
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>Open once for each part that is wanted after the first.</summary>
    private readonly SemaphoreSlim _wanted = new(0);

    /// <summary>The message, with who sent it.</summary>
    private readonly QueuedFrame _message;

    /// <summary>The opcode of the next fragment.</summary>
    private Opcode _opcode;

    public StreamedMessage(QueuedFrame message, Role role, IActorRef connection)
    {
        (_message, _opcode) = (message, message.Opcode!.Value);
        Ahead = new FrameQueue(role);
        var send = message.Message!;
        _ = Task.Run(() => Run(send, connection));
    }

    /// <summary>The frames that precede the messages behind the stream: its fragments, and control frames between them (RFC 6455 §5.4).</summary>
    public FrameQueue Ahead { get; }

    /// <summary>Whether a fragment has begun to leave: then the message can only go on, or be the last.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Whether nothing more is added to it.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Takes what the source produced: its next part, or its end.</summary>
    public void Add(Produced produced)
    {
        IsComplete = produced.Part is null;
        Ahead.Add(new QueuedFrame(_message.Number, _opcode, produced.Part ?? default)
        {
            Message = IsComplete ? _message.Message : null,
            Sender = _message.Sender,
            Stream = this,
            Fin = IsComplete,
        });
        _opcode = Opcode.Continuation;
    }

    /// <summary>A fragment begins to leave.</summary>
    public void MarkStarted() => HasStarted = true;

    /// <summary>The part is in a write, copied: the source may use its memory for the next.</summary>
    public void RequestNextPart() => _wanted.Release();

    /// <summary>Ends it, but for a fragment that has begun to leave.</summary>
    /// <returns>The message.</returns>
    public QueuedFrame Abort()
    {
        IsComplete = true;
        Ahead.RemoveFragments();
        _ = _cancellation.CancelAsync();
        return _message;
    }

    private async Task Run(Ws.Send message, IActorRef connection)
    {
        Exception? cause = null;
        try
        {
            await Read(message, part => connection.Tell(new Produced(this, part, null), ActorRefs.NoSender)).ConfigureAwait(false);
        }
        // Too large an array is the source's own trouble, too; whatever it is, the connection has to hear of it.
        catch (Exception e)
        {
            cause = e;
        }

        connection.Tell(new Produced(this, null, cause), ActorRefs.NoSender);
    }

    /// <summary>Reads the source to its end; it is disposed then, whatever the end is.</summary>
    private async Task Read(Ws.Send message, Action<ReadOnlyMemory<byte>> tell)
    {
        var text = default(Utf8Validator);
        await foreach (var part in message.Parts!.WithCancellation(_cancellation.Token).ConfigureAwait(false))
        {
            // An empty fragment would tell the peer nothing, and peers count fragments.
            if (part.IsEmpty)
            {
                continue;
            }

            if (message.Kind == MessageKind.Text && !text.TryAdvance(part.Span))
            {
                throw new InvalidDataException("A part of a text message is not UTF-8; send it as binary, or encode it.");
            }

            tell(part);
            await _wanted.WaitAsync(_cancellation.Token).ConfigureAwait(false);
        }

        if (!text.IsComplete)
        {
            throw new InvalidDataException("The parts of a text message end in the middle of a character; a part is missing, or cut short.");
        }
    }

    /// <summary>A part of a stream from its source, or its end.</summary>
    /// <param name="Stream">Whose; it may be over by now.</param>
    /// <param name="Part">The next part; null for the end.</param>
    /// <param name="Cause">What ended it, if it did not come to its end.</param>
    internal sealed record Produced(StreamedMessage Stream, ReadOnlyMemory<byte>? Part, Exception? Cause)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
