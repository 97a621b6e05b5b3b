namespace WsActors.Transport.Streams;

/// <summary>An upgraded request of another HTTP server, as its byte source uses it.</summary>
internal interface IUpgradedStream
{
    /// <summary>The bytes of both directions.</summary>
    Stream Stream { get; }

    /// <summary>Whether our direction can be closed alone.</summary>
    bool CanCompleteSending { get; }

    /// <summary>Whether code that runs when a read completes may block its thread.</summary>
    bool MayBlockReadCompletions { get; }

    /// <summary>Closes our direction, behind all that was written.</summary>
    Task CompleteSendingAsync();

    /// <summary>Resets the stream.</summary>
    void Abort();
}
