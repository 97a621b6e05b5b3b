using WsActors.Conformance.Tests.Script;
using WsActors.Conformance.Tests.Server;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace WsActors.Conformance.Tests;

/// <summary>
/// Counts the cases that were passed, and says at the end of the run how many there are and were. For one test at a time.
/// </summary>
public sealed class Scoreboard(IMessageSink console) : IDisposable
{
    private readonly HashSet<(ServerKind, string)> _passedByServer = [];

    private readonly HashSet<string> _passedByClient = [];

    internal void ServerPassed(ServerKind kind, Row passed) => _passedByServer.Add((kind, passed.Id));

    internal void ClientPassed(Row passed) => _passedByClient.Add(passed.Id);

    public void Dispose()
    {
        foreach (var family in Family.All)
        {
            var servers = Enum.GetValues<ServerKind>()
                .Select(kind => family.Cases.Count(one => _passedByServer.Contains((kind, one.Id))))
                .ToArray();
            var client = family.Cases.Count(one => _passedByClient.Contains(one.Id));
            console.OnMessage(new DiagnosticMessage(
                $"family {family.Number}, {family.Title}: {family.PublicCases} public cases + {family.OwnCases} of our own; passed by the "
                + $"server {servers[0]}, in an app over HTTP/1.1 {servers[1]}, over HTTP/2 {servers[2]}, by the client core {client}"));
        }
    }
}
