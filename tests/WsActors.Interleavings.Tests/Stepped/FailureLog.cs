using WsActors.Interleavings.Exploring;

namespace WsActors.Runtime;

/// <summary>The linked sources' <c>FailureLog</c>: no scenario may write to it.</summary>
internal sealed class FailureLog(Schedule schedule)
{
    public void Write(string what, string how, Exception cause) => schedule.Fail($"{what} {how}: {cause}");
}
