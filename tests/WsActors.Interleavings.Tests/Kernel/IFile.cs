namespace WsActors.Interleavings.Kernel;

/// <summary>An open file that can be polled.</summary>
internal interface IFile
{
    /// <summary>The events that hold now.</summary>
    uint Events { get; }
}
