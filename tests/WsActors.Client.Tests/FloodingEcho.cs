using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using Akka.Actor;
using WsActors.Protocol.Messages;

namespace WsActors.Client.Tests;

/// <summary>Echoes. Upon <c>flood 100</c>, it sends that number of messages, each after the previous one was taken.</summary>
internal sealed class FloodingEcho : UntypedActor
{
    private const int FloodBytes = 64 * 1024;

    private readonly StrongBox<int> _flooded;

    private int _flood;

    public FloodingEcho(StrongBox<int> flooded) => _flooded = flooded;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.Received { Kind: MessageKind.Text } received when received.Text.Split(' ') is ["close", var code, var reason]:
                Sender.Tell(new Ws.Close(int.Parse(code, CultureInfo.InvariantCulture), reason));
                break;
            case Ws.Received { Kind: MessageKind.Text } received when received.Text.Split(' ') is ["flood", var count]:
                _flood = int.Parse(count, CultureInfo.InvariantCulture);
                Flood(0);
                break;
            case int taken:
                Volatile.Write(ref _flooded.Value, taken);
                Flood(taken);
                break;
            case Ws.Received received: Sender.Tell(Ws.Send.FromReceived(received)); break;
        }
    }

    private void Flood(int taken)
    {
        if (taken < _flood)
        {
            var message = new byte[FloodBytes];
            BinaryPrimitives.WriteInt32BigEndian(message, taken);
            Sender.Tell(Ws.Send.Binary(message) with { Ack = taken + 1 });
        }
    }
}
