using WsActors.Transport.Polling;

namespace WsActors.Interleavings;

/// <summary>A socket that notes its events.</summary>
internal sealed class PolledDouble(Socket socket) : IPolled
{
    public Socket Socket => socket;

    public int Descriptor => socket.Descriptor;

    public uint Events { get; private set; }

    public void OnEvents(uint events) => Events |= events;
}
