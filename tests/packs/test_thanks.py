"""In what words people thank for a meeting, and what only looks like it."""

import pytest

from tests.support.titles import thanks


@pytest.mark.parametrize(
    "text",
    [
        "Thank you so much for your time today.",
        "Thanks again for having me on Monday!",
        "Many thanks to you and Marc for taking the time to show me round.",
        "I am very grateful for your time and for your candour.",
        "Thank you for our conversation this morning.",
        "Thanks a lot for the warm welcome.",
        "I really enjoyed talking with you.",
        "Thank you again for the interview.",
        "I really appreciated the time you took with me.",
        "J'ai beaucoup apprécié notre échange de ce matin.",
        "Merci beaucoup pour votre temps ce matin.",
        "Merci encore à toute l'équipe pour votre accueil.",
        "Je vous remercie vivement de m'avoir consacré une heure.",
        "Je tenais à vous remercier pour notre échange de lundi.",
        "Un grand merci pour la rencontre d'hier.",
    ],
)
def test_words_of_thanks_for_a_meeting(text):
    assert thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks! Attached are the slides for the interview with the team.",
        "Thanks for the address. See you on Thursday.",
        "Thank you in advance for your time.",
        "Thank you for sending the documents for the meeting on Thursday.",
        "I look forward to our conversation, thanks.",
        "I would appreciate your time on Thursday.",
        "Merci d'avance pour votre temps.",
        "Merci. Voici le dossier pour l'entrevue de jeudi.",
        "Merci de me dire ce qu'il vous faut.",
        "Here is the time that I have for your questions.",
    ],
)
def test_other_words_thank_for_nothing(text):
    assert not thanks(text)
