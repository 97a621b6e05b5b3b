namespace WsActors.Transport;

/// <summary>The linked sources' <c>BufferPool</c>: its buffers have four bytes, so that a read may fill one.</summary>
internal sealed class BufferPool
{
    public const int Bytes = 4;

    public int Rented { get; private set; }

    public byte[] Rent(int minBytes)
    {
        _ = minBytes;
        Rented++;
        return new byte[Bytes];
    }

    public void Return(byte[] buffer)
    {
        Rented--;
        Array.Fill(buffer, (byte)'?');
    }
}
