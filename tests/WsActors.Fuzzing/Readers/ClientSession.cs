using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;

namespace WsActors.Fuzzing.Readers;

/// <summary>All that a server sends: a response, and frames if it accepts.</summary>
internal sealed class ClientSession(RequestLimits headLimits, MessageLimits messageLimits) : IReader
{
    private readonly ResponseReader _head = new(headLimits);

    /// <summary>Null until the handshake is accepted.</summary>
    private MessageReader? _messages;

    public void Take(ReadOnlySpan<byte> chunk, Reading reading)
    {
        if (!_head.IsAccepted)
        {
            _head.TakeHead(ref chunk, reading);
        }

        if (_head.IsAccepted)
        {
            _messages ??= new(Role.Client, messageLimits, _head.Compression?.CreateInflater(Role.Client));
            _messages.Take(chunk, reading);
        }
    }

    public void Finish(Reading reading) => _messages?.Finish(reading);

    public void Dispose() => _messages?.Dispose();
}
