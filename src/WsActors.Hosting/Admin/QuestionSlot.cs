using System.Diagnostics.CodeAnalysis;

namespace WsActors.Hosting.Admin;

/// <summary>
/// The questions of one type of one page. One at a time is asked; until its answer was sent and a pause has passed, only the newest one
/// waits. Owned by its actor.
/// </summary>
internal sealed class QuestionSlot
{
    /// <summary>The newest question; null when none waits.</summary>
    private AdminProtocol.Question? _waiting;

    /// <summary>Whether a question is asked, or its answer not sent yet.</summary>
    private bool _isBusy;

    private bool _isPausing;

    /// <summary>Replaces the waiting question.</summary>
    public void Add(AdminProtocol.Question question) => _waiting = question;

    /// <summary>The question to ask now.</summary>
    public bool TryStart([NotNullWhen(true)] out AdminProtocol.Question? question)
    {
        question = _isBusy || _isPausing ? null : _waiting;
        if (question is null)
        {
            return false;
        }

        _waiting = null;
        _isBusy = _isPausing = true;
        return true;
    }

    /// <summary>The answer was sent.</summary>
    public void Complete() => _isBusy = false;

    /// <summary>The pause behind the start of the last question has passed.</summary>
    public void EndPause() => _isPausing = false;
}
