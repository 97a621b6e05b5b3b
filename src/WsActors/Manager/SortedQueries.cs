using Akka.Actor;
using WsActors.Connection;
using WsActors.Messages;
using WsActors.Topics;

namespace WsActors.Manager;

/// <summary>
/// Starts the node's parts of lists that are sorted over all nodes. Their scans run beside the manager, since those of 100,000 connections
/// take too long for it. Owned by the manager.
/// </summary>
internal sealed class SortedQueries(ConnectionRegistry connections, EndpointContext.SystemContext systemContext)
{
    /// <param name="question">The question.</param>
    /// <param name="asker">Gets the answer, after a note that it follows.</param>
    /// <param name="manager">The manager.</param>
    public void Answer(Ws.IOperation question, IActorRef asker, IActorRef manager)
    {
        asker.Tell(AnswerFollows.Instance, manager);
        switch (question)
        {
            case ListLocalConnections list:
                systemContext.Scans.Run(connections.ToSnapshot, all => ConnectionScan.Run(all, list.List), asker);
                break;
            case ListLocalTopics list:
                systemContext.Topics.Tell(new TopicsActor.ListRequested(list.List, systemContext.Scans), asker);
                break;
            case ListLocalSessions list:
                systemContext.Scans.Run(() => systemContext.Sessions, sessions => sessions.List(list.List), asker);
                break;
        }
    }
}
