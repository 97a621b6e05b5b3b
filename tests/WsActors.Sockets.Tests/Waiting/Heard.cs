using System.Text;
using System.Threading.Channels;
using Akka.Actor;
using Akka.IO;
using WsActors.Tests.Loopback;
using WsActors.Transport;
using WsActors.Transport.Sockets;

namespace WsActors.Sockets.Tests.Waiting;

/// <summary>Records a socket's callbacks, in order, and copies its leased bytes.</summary>
internal sealed class Heard : MinimalActorRef
{
    private readonly Channel<object> _all = Channel.CreateUnbounded<object>();

    public Heard(SocketConnection connection)
    {
        Connection = connection;
        connection.Tell(new Tcp.Register(this, keepOpenOnPeerClosed: true));
    }

    public SocketConnection Connection { get; }

    public override ActorPath Path => Connection.Path / "heard";

    public override IActorRefProvider Provider => Connection.Provider;

    /// <summary>Whether its next callback throws.</summary>
    public bool Fails { get; set; }

    /// <summary>Whether anything was told that was not asked for here.</summary>
    public bool IsQuiet => _all.Reader.Count == 0;

    public void Resume() => Connection.Tell(Tcp.ResumeReading.Instance, this);

    /// <summary>The next callback.</summary>
    public async Task<object> Next() => await _all.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Patience);

    /// <summary>Asks for a read.</summary>
    public Task<object> Read()
    {
        Resume();
        return Next();
    }

    /// <summary>Requests reads until a number of bytes was received.</summary>
    public async Task<string> ReadText(int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(await Read());
        }

        return text.ToString();
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (Fails)
        {
            throw new InvalidOperationException("as ordered");
        }

        _all.Writer.TryWrite(message is LeasedBytes leasedBytes ? Encoding.ASCII.GetString(leasedBytes.Bytes.Span) : message);
    }
}
