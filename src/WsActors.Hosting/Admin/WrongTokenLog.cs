using System.Net;
using Microsoft.Extensions.Logging;

namespace WsActors.Hosting.Admin;

/// <summary>Logs wrong tokens: the first of a minute, and the number of the others. Any thread.</summary>
internal sealed class WrongTokenLog
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    private long _lastLine;

    private int _withheld;

    private bool _hasLogged;

    public void Add(IPAddress address, ILogger log, TimeProvider time)
    {
        int withheld;
        lock (_gate)
        {
            if (_hasLogged && time.GetElapsedTime(_lastLine) < Interval)
            {
                _withheld++;
                return;
            }

            (withheld, _withheld, _lastLine, _hasLogged) = (_withheld, 0, time.GetTimestamp(), true);
        }

        log.LogWarning("Admin: a wrong token from {Address}; {Count} more since the last such line", address, withheld);
    }
}
