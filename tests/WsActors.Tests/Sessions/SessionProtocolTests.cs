using Akka.Actor;
using WsActors.Protocol;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Tests.Sessions;

/// <summary>The ends of a connection that end its client's session.</summary>
public sealed class SessionProtocolTests
{
    [Theory]
    [InlineData(CloseCode.Normal, true)]
    [InlineData(CloseCode.GoingAway, false)]
    [InlineData(CloseCode.ProtocolError, true)]
    [InlineData(CloseCode.UnsupportedData, true)]
    [InlineData(1004, false)]
    [InlineData(CloseCode.NoStatus, false)]
    [InlineData(CloseCode.Abnormal, false)]
    [InlineData(CloseCode.InvalidPayload, true)]
    [InlineData(CloseCode.PolicyViolation, true)]
    [InlineData(CloseCode.MessageTooBig, true)]
    [InlineData(CloseCode.MandatoryExtension, true)]
    [InlineData(CloseCode.InternalError, false)]
    [InlineData(CloseCode.ServiceRestart, false)]
    [InlineData(CloseCode.TryAgainLater, false)]
    [InlineData(CloseCode.BadGateway, false)]
    [InlineData(1015, false)]
    [InlineData(1016, false)]
    [InlineData(2999, false)]
    [InlineData(3000, true)]
    [InlineData(4000, true)]
    [InlineData(SessionProtocol.BrokenCode, true)]
    [InlineData(Ws.ExpiredCode, false)]
    [InlineData(SessionProtocol.NoHelloCode, false)]
    [InlineData(SessionProtocol.TakenOverCode, true)]
    [InlineData(4999, true)]
    public void Only_the_listed_close_codes_of_a_server_are_final(int code, bool isFinal) =>
        Assert.Equal(
            isFinal, SessionProtocol.IsFinal(new Ws.Closed
            {
                Connection = ActorRefs.Nobody,
                Code = code,
                Reason = "",
                By = Ws.Side.Peer,
                WasClean = true,
                Duration = TimeSpan.Zero,
                BytesReceived = 0,
                BytesSent = 0,
            }));

    [Theory]
    [InlineData(CloseCode.MessageTooBig, true)]
    [InlineData(CloseCode.ProtocolError, false)]
    [InlineData(SessionProtocol.BrokenCode, false)]
    [InlineData(CloseCode.Abnormal, false)]
    public void A_close_of_the_client_is_final_only_for_a_message_too_big(int code, bool isFinal) =>
        Assert.Equal(
            isFinal,
            SessionProtocol.IsFinal(new Ws.Closed
            {
                Connection = ActorRefs.Nobody,
                Code = code,
                Reason = "",
                By = Ws.Side.Local,
                WasClean = true,
                Duration = TimeSpan.Zero,
                BytesReceived = 0,
                BytesSent = 0,
            }));
}
