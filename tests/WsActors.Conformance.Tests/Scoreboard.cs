using WsActors.Conformance.Tests.Script;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace WsActors.Conformance.Tests;

/// <summary>
/// Counts the cases that were passed, and says at the end of the run how many there are and were. For one test at a time.
/// </summary>
public sealed class Scoreboard(IMessageSink console) : IDisposable
{
    private readonly HashSet<string> _passedByServer = [];

    private readonly HashSet<string> _passedByClient = [];

    internal void ServerPassed(Row passed) => _passedByServer.Add(passed.Id);

    internal void ClientPassed(Row passed) => _passedByClient.Add(passed.Id);

    public void Dispose()
    {
        foreach (var family in Family.All)
        {
            var server = family.Cases.Count(one => _passedByServer.Contains(one.Id));
            var client = family.Cases.Count(one => _passedByClient.Contains(one.Id));
            console.OnMessage(new DiagnosticMessage(
                $"family {family.Number}, {family.Title}: {family.PublicCases} public cases + {family.OwnCases} of our own; "
                + $"passed by the server {server}, by the client core {client}"));
        }
    }
}
