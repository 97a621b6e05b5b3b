namespace WsActors.Conformance.Tests;

/// <summary>The endpoint under test behind its finished handshake, as a stream of octets. One task may send while another reads.</summary>
internal interface IPeer : IDisposable
{
    /// <summary>Whether it is a client: a client masks its frames, and gets unmasked ones.</summary>
    bool IsClient { get; }

    Task Send(ReadOnlyMemory<byte> piece);

    /// <summary>Waits for the next octets.</summary>
    /// <returns>The number of octets read; 0 when the peer has ended the connection. A reset throws.</returns>
    Task<int> Read(Memory<byte> buffer);
}
