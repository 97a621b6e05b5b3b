namespace WsActors.Dispatch;

/// <summary>Measures user code on a poller's thread, where other sockets wait for its end. Any thread.</summary>
internal interface IRunWatchdog
{
    /// <summary>A run has ended.</summary>
    /// <param name="time">The duration of the run.</param>
    void OnCompleted(TimeSpan time);

    /// <summary>A run has not ended yet, and may never end.</summary>
    /// <param name="time">The duration so far.</param>
    void OnStillRunning(TimeSpan time);
}
