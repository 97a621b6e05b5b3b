using System.Diagnostics.Metrics;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Sessions;

/// <summary>The instruments of a node's sessions, on the meter of its actor system. Any thread.</summary>
internal sealed class SessionMetrics
{
    private readonly Counter<long> _welcomed;

    public SessionMetrics(Meter meter, SessionQuota quota)
    {
        _welcomed = meter.CreateCounter<long>(
            "wsactors.sessions.welcomed", "{client}", "Clients attached to a session, by recovery of the session they asked for.");
        meter.CreateObservableUpDownCounter(
            "wsactors.sessions.open", () => quota.Sessions, "{session}", "Sessions on this node, attached or detached.");
        meter.CreateObservableUpDownCounter("wsactors.sessions.log", () => quota.Bytes, "By", "Unacknowledged bytes in session logs.");
    }

    /// <param name="endpoint">The endpoint that the session started at.</param>
    /// <param name="route">The template of its route.</param>
    /// <param name="recovery">The result for the session that the client asked for.</param>
    public void Welcomed(string endpoint, string route, Recovery recovery) =>
        _welcomed.Add(1, new("endpoint", endpoint), new("route", route), new("recovered", Word(recovery)));

    private static string Word(Recovery recovery) => recovery switch
    {
        Recovery.New => "new",
        Recovery.Recovered => "true",
        _ => "false",
    };
}
