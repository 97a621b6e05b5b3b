using Akka.Actor;
using Akka.Event;

namespace WsActors.Transport.Streams;

/// <summary>The request was upgraded: bytes can be read and written from now on.</summary>
internal sealed record StreamStarted : INoSerializationVerificationNeeded, IDeadLetterSuppression;
