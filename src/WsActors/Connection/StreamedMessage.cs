using Akka.Actor;
using Akka.Event;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;

namespace WsActors.Connection;

/// <summary>
/// The open streamed message, until its last fragment leaves. Its source runs on the thread pool, one part ahead of the fragments that
/// leave; its parts arrive at the connection as <see cref="Produced"/>. Part of a <see cref="SendQueue"/>.
/// </summary>
#pragma warning disable CA1001 // A source may outlive its stream and uses both; neither holds a timer or a handle to dispose of.
internal sealed class StreamedMessage
#pragma warning restore CA1001
{
    /// <summary>Cancels the source.</summary>
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>Released once for each part that is requested after the first.</summary>
    private readonly SemaphoreSlim _requested = new(0);

    /// <summary>The message with its sender.</summary>
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

    /// <summary>Frames that leave before other messages: its fragments, and control frames between them (RFC 6455 §5.4).</summary>
    public FrameQueue Ahead { get; }

    /// <summary>Whether a fragment has started to leave: then the message can only continue, or be the last.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Whether its last fragment was added, or it was aborted.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Adds the next part from the source, or its end.</summary>
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

    /// <summary>A fragment starts to leave.</summary>
    public void MarkStarted() => HasStarted = true;

    /// <summary>Requests the next part: the current one was copied to a write, and the source may reuse its memory.</summary>
    public void RequestNextPart() => _requested.Release();

    /// <summary>Aborts it, except for a fragment that has started to leave.</summary>
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
        // All exceptions of the source are reported, OutOfMemoryException for a too large array included: the connection awaits the end.
        catch (Exception e)
        {
            cause = e;
        }

        connection.Tell(new Produced(this, null, cause), ActorRefs.NoSender);
    }

    /// <summary>Reads the source to its end, and disposes of it in any case.</summary>
    private async Task Read(Ws.Send message, Action<ReadOnlyMemory<byte>> tell)
    {
        var text = default(Utf8Validator);
        await foreach (var part in message.Parts!.WithCancellation(_cancellation.Token).ConfigureAwait(false))
        {
            // An empty fragment carries no information, and peers limit the number of fragments.
            if (part.IsEmpty)
            {
                continue;
            }

            if (message.Kind == MessageKind.Text && !text.TryAdvance(part.Span))
            {
                throw new InvalidDataException("A part of a text message is not UTF-8; send it as binary, or encode it.");
            }

            tell(part);
            await _requested.WaitAsync(_cancellation.Token).ConfigureAwait(false);
        }

        if (!text.IsComplete)
        {
            throw new InvalidDataException(
                "The parts of a text message end in the middle of a character; a part is missing, or cut short.");
        }
    }

    /// <summary>A part of a stream from its source, or its end.</summary>
    /// <param name="Stream">The stream, which may be complete or aborted by now.</param>
    /// <param name="Part">The next part; null for the end.</param>
    /// <param name="Cause">The failure of the source; null when it ended normally.</param>
    internal sealed record Produced(StreamedMessage Stream, ReadOnlyMemory<byte>? Part, Exception? Cause)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
