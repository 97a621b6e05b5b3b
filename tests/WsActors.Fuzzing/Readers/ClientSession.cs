using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;

namespace WsActors.Fuzzing.Readers;

/// <summary>All that a server sends: a response, and frames if it accepts.</summary>
internal sealed class ClientSession(RequestLimits headLimits, MessageLimits messageLimits) : IReader
{
    private readonly ResponseReader _head = new(headLimits);
    private readonly MessageReader _messages = new(Role.Client, messageLimits);

    public void Take(ReadOnlySpan<byte> chunk, Reading reading)
    {
        if (!_head.IsAccepted)
        {
            _head.TakeHead(ref chunk, reading);
        }

        if (_head.IsAccepted)
        {
            _messages.Take(chunk, reading);
        }
    }

    public void Finish(Reading reading) => _messages.Finish(reading);

    public void Dispose() => _messages.Dispose();
}
