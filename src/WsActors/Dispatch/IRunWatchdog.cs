namespace WsActors.Dispatch;

/// <summary>Is told how long user code takes on a thread that reads sockets, where other sockets wait for its end. Any thread.</summary>
internal interface IRunWatchdog
{
    /// <summary>A run is over.</summary>
    /// <param name="time">How long it took.</param>
    void OnCompleted(TimeSpan time);

    /// <summary>A run is not over yet, and may never be.</summary>
    /// <param name="time">How long it has taken so far.</param>
    void OnStillRunning(TimeSpan time);
}
