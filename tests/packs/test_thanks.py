"""In what words people thank for a meeting, and what only looks like it."""

import pytest

from tests.support.titles import thanks


@pytest.mark.parametrize(
    "text",
    [
        "Thank you so much for your time today.",
        "I wanted to thank you once more for sitting down with me yesterday.",
        "I'm grateful for the chance to have spoken with you on Monday.",
        "Encore merci pour lundi, j'ai adoré visiter vos bureaux.",
        "Thanks again for Monday!",
        "Thanks again for having me on Monday!",
        "Many thanks to you and Marc for taking the time to show me round.",
        "Thank you for your time today. Thanks in advance for the address.",
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
        "Thank you very much for the opportunity to interview for the position yesterday.",
        "It was lovely meeting you and Sam.",
        "Just a quick note to say thank you for today.",
        "Thanks for a great interview.",
        "Thank you, Priya, for such an engaging discussion.",
        "I wanted to express my gratitude for the time you took today.",
        "Merci encore pour hier.",
        "Je vous remercie sincèrement pour notre rencontre d'aujourd'hui.",
        "Merci d'avoir pris le temps de me recevoir.",
        "Ce fut un réel plaisir de vous rencontrer.",
        "It was so nice to meet you and the team today.",
        "Thanks a lot for the interview this morning.",
        "Thank you both for the time you gave me this morning.",
        "I so appreciated our talk today.",
        "J'ai été enchantée de faire votre connaissance.",
        "Merci pour le temps que vous m'avez accordé lundi.",
        "Mille mercis pour votre accueil.",
        "Quel plaisir d'échanger avec vous ce matin !",
        "Thank you kindly for today's interview.",
        "I appreciated the opportunity to speak with you this morning.",
        "Thank you for making me feel so welcome today.",
        "Merci d'avoir bien voulu me rencontrer ce matin.",
        "Recevez mes remerciements pour l'attention que vous m'avez accordée.",
        "J'ai été très heureux de vous rencontrer ce matin.",
        "Thanks again for today.",
        "Thank you and Marc for the interview this morning.",
        "Thx for the meeting!",
        "thank u so much for ur time today",
        "Thanks to you and the team for this morning.",
        "Thank you for a very enjoyable interview.",
        "Thank you for your kindness and your time today.",
        "Thanks for yesterday evening's call.",
        "Thanks for squeezing me in this morning.",
        "Good to meet you earlier.",
        "Merci beaucoup pour cet après-midi.",
        "Je vous remercie, ainsi que Marc, pour notre rencontre.",
        "Merci à toutes les deux pour ce moment d'échange.",
        "Merci pour votre disponibilité ce matin.",
        "Ravie d'avoir fait votre connaissance ce matin.",
        "J'ai adoré notre discussion.",
        "Quelle belle rencontre ! Merci.",
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
        "Thanks for the update on the meeting room.",
        "Thanks for arranging the interview with Sam.",
        "Thank you! It will be great to meet the team on Thursday.",
        "Thank you for confirming. I will bring the slides for our conversation with Sam.",
        "Je vous remercie de bien vouloir me confirmer la date de notre rencontre.",
        "Merci pour l'adresse, à jeudi pour notre rencontre avec Sam.",
        "Merci, voici mon numéro pour notre échange de demain.",
        "Ce sera un plaisir de vous rencontrer, merci.",
        "Comme convenu lors de notre rencontre, voici mes références. Merci !",
        "Merci, je me présenterai à l'accueil.",
        "Thanks! My train is the one for this afternoon.",
        "It would be really nice to meet the team.",
        "Thanks! Here are my slides for today's meeting.",
        "Je serais très heureux de vous rencontrer de nouveau.",
        "Thanks a lot for the link.",
        "Je serai ravie de faire votre connaissance jeudi.",
        "Merci de patienter le temps que Marc revienne.",
        "No need to thank me for the address of the shop.",
        "Thanks, the documentation was really great. Here are my references for the time being.",
        "Thank you for yesterday's email.",
        "Thanks for this morning's documents.",
        "Thanks for the meeting link.",
        "Thank you for the interview invitation.",
        "Thanks for taking the time to reschedule.",
        "Thanks for meeting me next Friday, I will be there.",
        "Thank you for the documents; I will read them for the interview on Friday.",
        "Merci d'avoir pris le temps de me répondre.",
        "Merci pour l'entretien de vendredi prochain.",
        "Bien reçu, merci. À vendredi pour l'entretien.",
        "Merci pour la proposition de second entretien.",
        "Thank you for the invitation to interview. Tuesday works.",
        "Thanks for your request for a second meeting.",
        "Thanks for the quick call back, but I missed you.",
        "J'aurais aimé vous rencontrer, merci.",
    ],
)
def test_other_words_thank_for_nothing(text):
    assert not thanks(text)


@pytest.mark.parametrize(
    "title", ["Merci de nous avoir reçus", "Merci de votre accueil", "Thx!", "Merciiii", "Mille mercis"]
)
def test_titles_that_thank(title):
    assert thanks("Bonjour.", title)


@pytest.mark.parametrize(
    "title",
    [
        "Merci de confirmer l'heure",
        "Merci de m'envoyer le formulaire",
        "Merci de votre retour avant vendredi",
        "Merci par avance",
        "Thanking you in advance",
        "Non merci",
        "Question pour Mme Mercier",
        "Thanksgiving hours",
    ],
)
def test_titles_that_ask_or_refuse_thank_for_nothing(title):
    assert not thanks("Bonjour.", title)
