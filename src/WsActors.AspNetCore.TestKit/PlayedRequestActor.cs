using System.Net;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using WsActors.Protocol.Handshake;

namespace WsActors.AspNetCore.TestKit;

/// <summary>
/// The HTTP server's end of a socket that a test plays: it reads one request, has the app answer it, and carries the bytes once the request
/// is upgraded. It completes reads and writes on its own thread, never within the socket's lock.
/// </summary>
internal sealed class PlayedRequestActor(TestServer server, IPEndPoint client, IActorRef socket) : UntypedActor
{
    /// <summary>The app's pipeline is done with the request.</summary>
    /// <param name="Response">The response; null when the pipeline failed before it began one.</param>
    /// <param name="Body">Its body, or the failure.</param>
    private sealed record Completed(HttpResponse? Response, byte[] Body) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private readonly RequestParser _parser = new(new RequestLimits());

    /// <summary>The request; null until its head has arrived.</summary>
    private PlayedRequest? _request;

    protected override void PreStart()
    {
        socket.Tell(new Tcp.Register(Self));
        socket.Tell(Tcp.ResumeReading.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tcp.Received received when _request is null: ReadHead(received.Data.ToArray()); break;
            case Tcp.Received received: _request.Stream.OnReceived(received.Data.ToArray()); break;
            case PlayedStream.Written: _request?.Stream.OnWritten(); break;
            case Tcp.PeerClosed when _request is null: socket.Tell(Tcp.Close.Instance); break;
            case Tcp.PeerClosed: _request.Stream.OnReceived([]); break;
            case Tcp.ConnectionClosed: OnClosed(); break;
            case Completed completed: OnCompleted(completed.Response, completed.Body); break;
            default: Unhandled(message); break;
        }
    }

    private void ReadHead(ReadOnlySpan<byte> bytes)
    {
        if (!_parser.TryRead(ref bytes, out var fact))
        {
            socket.Tell(Tcp.ResumeReading.Instance);
        }
        else if (fact is RequestHead head)
        {
            _request = new PlayedRequest(head, client, new PlayedStream(socket, Self, bytes.ToArray()));
            _ = RunAsync(_request, Self);
        }
        else
        {
            Respond(ResponseBytes.HeadOf(StatusCodes.Status400BadRequest, []), []);
        }
    }

    private async Task RunAsync(PlayedRequest request, IActorRef self)
    {
        HttpResponse? response = null;
        var body = new MemoryStream();
        try
        {
            response = (await server.SendAsync(request.AddTo).ConfigureAwait(false)).Response;
            // It ends with the pipeline, also that of an upgraded request.
            await response.Body.CopyToAsync(body).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Other servers answer 500 as well; the body is for the test that did not expect it.
            body.Write(Encoding.UTF8.GetBytes(e.ToString()));
        }

        self.Tell(new Completed(response, body.ToArray()));
    }

    private void OnCompleted(HttpResponse? response, byte[] body)
    {
        if (response is null)
        {
            Respond(ResponseBytes.HeadOf(StatusCodes.Status500InternalServerError, []), body);
        }
        else if (response.StatusCode != StatusCodes.Status101SwitchingProtocols)
        {
            Respond(ResponseBytes.HeadOf(response), body);
        }
        else
        {
            _request!.Stream.WriteHead(); // not null: it was upgraded
            socket.Tell(Tcp.Close.Instance);
        }
    }

    private void OnClosed()
    {
        _request?.OnClosed();
        Context.Stop(Self);
    }

    private void Respond(byte[] head, byte[] body)
    {
        socket.Tell(Tcp.Write.Create(ByteString.FromBytes([.. head, .. body]), Tcp.NoAck.Instance));
        socket.Tell(Tcp.Close.Instance);
    }
}
