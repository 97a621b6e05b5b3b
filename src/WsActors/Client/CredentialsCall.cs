using Akka.Actor;
using Akka.Event;
using WsActors.Connection;

namespace WsActors.Client;

/// <summary>
/// The state in which a client awaits the credentials of one attempt. The provider is user code: it runs on the thread pool, where it may
/// block or throw. It is asked before the dial, since a server's own deadline starts with the socket. Part of the connection's actor.
/// </summary>
internal sealed class CredentialsCall(ConnectionActor connection, ClientEndpointContext client)
{
    /// <summary>The credentials, or the failure of the provider.</summary>
    private sealed record Answered(Ws.Credentials? Credentials, Exception? Failure)
        : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <param name="provider">The provider.</param>
    /// <param name="then">Handles the credentials.</param>
    /// <param name="fail">Handles the cause of a failure, the rest of a sentence.</param>
    public void Ask(Func<CancellationToken, Task<Ws.Credentials>> provider, Action<Ws.Credentials> then, Action<string> fail)
    {
        var cancellation = new CancellationTokenSource();
        connection.PipeToSelf(
            Task.Run(() => provider(cancellation.Token), CancellationToken.None),
            static credentials => new Answered(credentials, null),
            static failure => new Answered(null, failure));
        connection.BecomeUntil(
            connection.Now + client.Options.Handshake.Timeout, message => Asking(message, cancellation, then, fail));
    }

    private void Asking(object message, CancellationTokenSource cancellation, Action<Ws.Credentials> then, Action<string> fail)
    {
        switch (message)
        {
            case Answered { Credentials: { } credentials }: then(credentials); break;
            case Answered { Failure: var failure }:
                client.Failures.Write(
                    $"{client.Name}: the credentials of {client.Asked.Name}",
                    failure is null ? "are null; return Ws.Credentials" : null,
                    failure);
                fail("its credentials could not be read; see the log");
                break;
            case WakeUpTime.Tick when connection.IsPastDeadline:
                cancellation.Cancel();
                fail("its credentials did not come within handshake.timeout");
                break;
            case Ws.Close or ConnectionActor.Abort:
                cancellation.Cancel();
                fail(ClientOpeningHandshake.ClosedEarly);
                break;
            default: connection.HandleDefault(message); break;
        }
    }
}
